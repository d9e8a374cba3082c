import chat from './chat.en.json';
import here from './here.en.json';
import en from './en.json';
import filing from './filing.en.json';
import ledger from './ledger.en.json';

export default { ...en, ...chat, ...filing, ...here, ...ledger };
