import chat from './chat.de.json';
import consent from './consent.de.json';
import deletion from './deletion.de.json';
import de from './de.json';
import filing from './filing.de.json';
import here from './here.de.json';
import retention from './retention.de.json';
import lock from './lock.de.json';
import prove from './prove.de.json';
import rights from './rights.de.json';
// The core speaks English; in English its own sentences are shown.
import errors from './errors.de.json';
import ledger from './ledger.de.json';

import proof from './proof.de.json';

export default {
  ...ledger,
  ...de,
  ...chat,
  ...consent,
  ...deletion,
  ...filing,
  ...here,
  ...retention,
  ...lock,
  ...prove,
  ...rights,
  ...errors,
  ...proof,
};
