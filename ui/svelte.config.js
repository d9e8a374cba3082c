/** @type {import('@sveltejs/vite-plugin-svelte').SvelteConfig} */
export default {
  compilerOptions: {
    runes: true,
    // Styles are files under the content security policy, never tags made by script.
    css: 'external',
    // `innerHTML` of our own templates is no sink we need; cloning by the DOM keeps `require-trusted-types-for` possible.
    fragments: 'tree',
  },
  vitePlugin: { dynamicCompileOptions: ({ filename }) => (filename.includes('node_modules') ? { runes: undefined } : undefined) },
};
