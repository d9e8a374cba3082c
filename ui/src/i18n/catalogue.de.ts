import chat from './chat.de.json';
import de from './de.json';
import filing from './filing.de.json';
import here from './here.de.json';
import prove from './prove.de.json';
// The core speaks English; in English its own sentences are shown.
import errors from './errors.de.json';
import ledger from './ledger.de.json';

import proof from './proof.de.json';

export default {
  ...ledger,
  ...de,
  ...chat,
  ...filing,
  ...here,
  ...prove,
  ...errors,
  ...proof,
};
