import chat from './chat.en.json';
import en from './en.json';
import filing from './filing.en.json';
import ledger from './ledger.en.json';

import here from './here.en.json';
import prove from './prove.en.json';

export default {
  ...ledger,
  ...en,
  ...chat,
  ...filing,
  ...here,
  ...prove,
};
