import chat from './chat.de.json';
import deletion from './deletion.de.json';
import de from './de.json';
// The core speaks English; in English its own sentences are shown.
import errors from './errors.de.json';

export default { ...de, ...chat, ...deletion, ...errors };
