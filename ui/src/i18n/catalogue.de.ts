import attach from './attach.de.json';
import beside from './beside.de.json';
import chat from './chat.de.json';
import code from './code.de.json';
import consent from './consent.de.json';
import de from './de.json';
import deletion from './deletion.de.json';
import diagnostics from './diagnostics.de.json';
import diagram from './diagram.de.json';
import exporting from './export.de.json';
import filing from './filing.de.json';
import here from './here.de.json';
import ledger from './ledger.de.json';
import lock from './lock.de.json';
import offers from './offers.de.json';
import practice from './practice.de.json';
import prove from './prove.de.json';
import retention from './retention.de.json';
import rights from './rights.de.json';
import service from './service.de.json';
import spend from './spend.de.json';
import talk from './talk.de.json';
import temporary from './temporary.de.json';
import tools from './tools.de.json';
import voice from './voice.de.json';
// The core speaks English; in English its own sentences are shown.
import errors from './errors.de.json';
import proof from './proof.de.json';

export default {
  ...de,
  ...attach,
  ...beside,
  ...chat,
  ...code,
  ...consent,
  ...deletion,
  ...diagnostics,
  ...diagram,
  ...exporting,
  ...filing,
  ...here,
  ...ledger,
  ...lock,
  ...offers,
  ...practice,
  ...prove,
  ...retention,
  ...rights,
  ...service,
  ...spend,
  ...talk,
  ...temporary,
  ...tools,
  ...voice,
  ...errors,
  ...proof,
};
