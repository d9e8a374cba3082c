import chat from './chat.en.json';
import consent from './consent.en.json';
import en from './en.json';
import filing from './filing.en.json';
import ledger from './ledger.en.json';

import here from './here.en.json';
import retention from './retention.en.json';
import lock from './lock.en.json';
import deletion from './deletion.en.json';
import here from './here.en.json';
import en from './en.json';
import filing from './filing.en.json';
import prove from './prove.en.json';
import rights from './rights.en.json';

export default {
  ...ledger,
  ...en,
  ...chat,
  ...consent,
  ...deletion,
  ...filing,
  ...here,
  ...retention,
  ...lock,
  ...prove,
  ...rights,
};
