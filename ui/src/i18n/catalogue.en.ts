import chat from './chat.en.json';
import diagnostics from './diagnostics.en.json';
import en from './en.json';
import exporting from './export.en.json';

export default { ...en, ...chat, ...exporting, ...diagnostics };
