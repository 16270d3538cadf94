/* Bundles entry.js into codemirror.js, and writes the licences of all packages in it; the folder for both is the argument. */
import { readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const folder = process.argv[2];
const { metafile } = await build({
  entryPoints: ["entry.js"],
  outfile: `${folder}/codemirror.js`,
  bundle: true,
  format: "esm",
  minify: true,
  legalComments: "none",
  metafile: true,
  banner: { js: "/* CodeMirror 6, bundled by `make editor`; its licences are in codemirror-licenses.txt. */" },
});

const names = Object.keys(metafile.inputs).map((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]);
const licences = [...new Set(names.filter(Boolean))].sort().map((name) => {
  const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
  return `${name} ${version}\n\n${readFileSync(`node_modules/${name}/LICENSE`, "utf8").trim()}\n`;
});
writeFileSync(`${folder}/codemirror-licenses.txt`, licences.join(`\n${"-".repeat(80)}\n\n`));
