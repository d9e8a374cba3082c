/**
 * Holds the first drawing of the window back for as long as a start takes. WebKitGTK draws a window
 * when its document is loaded, which is a moment before there is anything to see, or when something
 * of it can be seen; and a document is not loaded while a picture of it is on its way. The shell
 * answers this one half a second later, with nothing (`src-tauri/src/assets.rs`).
 */
export function holdFirstDrawing(address: string): void {
  new Image().src = address;
}
