import chat from './chat.en.json';
import en from './en.json';
import prove from './prove.en.json';

export default { ...en, ...chat, ...prove };
