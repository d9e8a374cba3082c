/** Servers that speak the OpenAI way, by the addresses they publish. They only fill the form. */
export const PRESETS = [
  { value: 'ollama', label: 'Ollama', url: 'http://127.0.0.1:11434/v1', key: false },
  { value: 'lmstudio', label: 'LM Studio', url: 'http://127.0.0.1:1234/v1', key: false },
  { value: 'llamacpp', label: 'llama.cpp', url: 'http://127.0.0.1:8080/v1', key: false },
  { value: 'openai', label: 'OpenAI', url: 'https://api.openai.com/v1', key: true },
  { value: 'openrouter', label: 'OpenRouter', url: 'https://openrouter.ai/api/v1', key: true },
  { value: 'mistral', label: 'Mistral', url: 'https://api.mistral.ai/v1', key: true },
  { value: 'groq', label: 'Groq', url: 'https://api.groq.com/openai/v1', key: true },
  { value: 'deepseek', label: 'DeepSeek', url: 'https://api.deepseek.com/v1', key: true },
] as const;

/** Whether what is typed would travel unencrypted beyond this computer. */
export function leavesUnencrypted(address: string): boolean {
  const match = /^\s*http:\/\/(?<host>\[[^\]]*\]|[^/:?#]*)/i.exec(address);
  const host = match?.groups?.['host']?.toLowerCase();
  if (!host) return false;
  return !(host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host));
}
