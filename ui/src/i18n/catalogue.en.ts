import chat from './chat.en.json';
import consent from './consent.en.json';
import en from './en.json';

export default { ...en, ...chat, ...consent };
