// @ts-check
/**
 * What Material's scripts expect of a page before they start. In its own templates this stands in each page, where a strict
 * Content-Security-Policy forbids scripts. Not a module: it must have run before the page is drawn.
 */
{
  const page = /** @type {any} */ (window);
  const scope = document.currentScript?.dataset.scope ?? ".";

  page.__md_scope = new URL(scope, location.href);

  /** @param {string} text */
  page.__md_hash = (text) => [...text].reduce((sum, letter) => ((sum << 5) - sum + letter.charCodeAt(0)) | 0, 0);

  // A browser that keeps nothing throws when it is asked for its storage.
  /** @param {string} name @param {Storage} [storage] @param {URL} [place] */
  page.__md_get = (name, storage, place = page.__md_scope) => {
    try {
      return JSON.parse((storage ?? localStorage).getItem(`${place.pathname}.${name}`) ?? "null");
    } catch {
      return null;
    }
  };

  /** @param {string} name @param {unknown} value @param {Storage} [storage] @param {URL} [place] */
  page.__md_set = (name, value, storage, place = page.__md_scope) => {
    try {
      (storage ?? localStorage).setItem(`${place.pathname}.${name}`, JSON.stringify(value));
    } catch {
      // As if it had never been chosen.
    }
  };

  // There are scripts; Material says so only when it has loaded, and until then the colours would be the device's.
  document.documentElement.classList.remove("no-js");

  // Material asks for a sitemap.xml beside each of these links, feeds and other hosts included, to find the page in the
  // other language. Our switch is a link that knows it.
  /** @param {string} selectors */
  document.querySelectorAll = (selectors) =>
    Document.prototype.querySelectorAll.call(document, selectors === "link[rel=alternate]" ? ":not(*)" : selectors);
}
