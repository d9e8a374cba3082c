/**
 * Holds the first drawing of the window back until the page stands, and returns what lets it go.
 * WebKitGTK draws a window when its document is loaded, which is a moment before there is anything to
 * see; a document is not loaded while a picture of it is on its way. The shell answers this one when
 * nobody needs it any more (`src-tauri/src/assets.rs`), so that a page that fails is drawn, too.
 */
export function holdFirstDrawing(address: string): () => void {
  const picture = new Image();
  picture.src = address;
  return () => picture.removeAttribute('src');
}
