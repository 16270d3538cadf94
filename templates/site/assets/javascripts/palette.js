// @ts-check
/** Gives the page the colours that its reader chose, as Material keeps them. Not a module: the page is not drawn yet. */
{
  const { color } = /** @type {any} */ (window).__md_get("__palette") ?? {};
  const byDevice = "(prefers-color-scheme)";
  if (color) {
    const media = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
    const input = document.querySelector(`[data-md-color-media="(prefers-color-scheme: ${media})"]`);
    for (const name of Object.keys(color)) {
      const chosen = color.media === byDevice ? input?.getAttribute(`data-md-color-${name}`) : color[name];
      document.body.setAttribute(`data-md-color-${name}`, chosen ?? color[name]);
    }
  }
}
