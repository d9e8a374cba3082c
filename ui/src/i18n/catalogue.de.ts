import chat from './chat.de.json';
import de from './de.json';
import diagnostics from './diagnostics.de.json';
import filing from './filing.de.json';
import here from './here.de.json';
import retention from './retention.de.json';
import prove from './prove.de.json';
// The core speaks English; in English its own sentences are shown.
import errors from './errors.de.json';
import exporting from './export.de.json';
import proof from './proof.de.json';

export default {
  ...de,
  ...chat,
  ...filing,
  ...here,
  ...retention,
  ...prove,
  ...exporting,
  ...diagnostics,
  ...errors,
  ...proof,
};
