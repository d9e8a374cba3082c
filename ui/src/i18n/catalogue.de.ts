import chat from './chat.de.json';
import de from './de.json';
import diagnostics from './diagnostics.de.json';
// The core speaks English; in English its own sentences are shown.
import errors from './errors.de.json';
import exporting from './export.de.json';

export default { ...de, ...chat, ...exporting, ...diagnostics, ...errors };
