import chat from './chat.de.json';
import consent from './consent.de.json';
import de from './de.json';
// The core speaks English; in English its own sentences are shown.
import errors from './errors.de.json';

export default { ...de, ...chat, ...consent, ...errors };
