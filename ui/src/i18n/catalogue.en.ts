import attach from './attach.en.json';
import beside from './beside.en.json';
import chat from './chat.en.json';
import code from './code.en.json';
import consent from './consent.en.json';
import deletion from './deletion.en.json';
import diagnostics from './diagnostics.en.json';
import diagram from './diagram.en.json';
import en from './en.json';
import exporting from './export.en.json';
import filing from './filing.en.json';
import here from './here.en.json';
import ledger from './ledger.en.json';
import lock from './lock.en.json';
import offers from './offers.en.json';
import practice from './practice.en.json';
import prove from './prove.en.json';
import retention from './retention.en.json';
import rights from './rights.en.json';
import service from './service.en.json';
import spend from './spend.en.json';
import talk from './talk.en.json';
import temporary from './temporary.en.json';
import tools from './tools.en.json';
import voice from './voice.en.json';

export default {
  ...en,
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
};
