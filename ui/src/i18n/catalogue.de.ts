import chat from './chat.de.json';
import de from './de.json';
// The core speaks English; in English its own sentences are shown.
import errors from './errors.de.json';
import proof from './proof.de.json';
import prove from './prove.de.json';

export default { ...de, ...chat, ...prove, ...errors, ...proof };
