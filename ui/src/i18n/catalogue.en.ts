import chat from './chat.en.json';
import diagnostics from './diagnostics.en.json';
import en from './en.json';
import exporting from './export.en.json';
import filing from './filing.en.json';
import here from './here.en.json';
import retention from './retention.en.json';
import prove from './prove.en.json';

export default {
  ...en,
  ...chat,
  ...filing,
  ...here,
  ...retention,
  ...prove,
  ...exporting,
  ...diagnostics,
};
