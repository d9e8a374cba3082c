import chat from './chat.de.json';
import de from './de.json';
// The core speaks English; in English its own sentences are shown.
import errors from './errors.de.json';
import filing from './filing.de.json';

export default { ...de, ...chat, ...filing, ...errors };
