import chat from './chat.en.json';
import deletion from './deletion.en.json';
import en from './en.json';

export default { ...en, ...chat, ...deletion };
