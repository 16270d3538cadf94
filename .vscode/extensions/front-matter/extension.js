// Shows in VS Code what front-matter.js finds.

"use strict";

const vscode = require("vscode");
const FrontMatter = require("./front-matter.js");

const PAUSE = 200; // milliseconds without a key before a text is looked at
const SCHEMAS = ".vscode/schemas";

function activate(context) {
  const problems = vscode.languages.createDiagnosticCollection("front matter");
  const schemas = new Map();
  const waiting = new Map();

  async function schemaOf(document) {
    const folder = vscode.workspace.getWorkspaceFolder(document.uri);
    const kind = document.languageId === "markdown" && folder && FrontMatter.kindOf(document.uri.path);
    if (!kind) return null;
    const place = vscode.Uri.joinPath(folder.uri, SCHEMAS, `${kind}.json`);
    if (!schemas.has(place.toString())) {
      schemas.set(place.toString(), readSchema(place));
    }
    return schemas.get(place.toString());
  }

  async function look(document) {
    const schema = await schemaOf(document);
    const found = schema ? FrontMatter.diagnose(document.getText(), schema) : [];
    problems.set(
      document.uri,
      found.map(({ line, start, end, message, severity }) => {
        const level = vscode.DiagnosticSeverity[severity === "warning" ? "Warning" : "Error"];
        const range = new vscode.Range(line, start, line, Math.max(end, start + 1));
        const problem = new vscode.Diagnostic(range, message, level);
        problem.source = "front matter";
        return problem;
      }),
    );
  }

  function lookSoon({ document }) {
    const key = document.uri.toString();
    clearTimeout(waiting.get(key));
    waiting.set(key, setTimeout(() => look(document), PAUSE));
  }

  function close(document) {
    clearTimeout(waiting.get(document.uri.toString()));
    waiting.delete(document.uri.toString());
    problems.delete(document.uri);
  }

  const completion = {
    async provideCompletionItems(document, position) {
      const schema = await schemaOf(document);
      if (!schema) return [];
      const found = FrontMatter.complete(document.getText(), position.line, position.character, schema);
      return found.map(({ label, insert, start, end, detail, about, sort }) => {
        const item = new vscode.CompletionItem(label, vscode.CompletionItemKind.Property);
        item.insertText = new vscode.SnippetString(insert);
        item.range = new vscode.Range(position.line, start, position.line, end);
        Object.assign(item, { detail, documentation: about, sortText: sort });
        return item;
      });
    },
  };

  const hover = {
    async provideHover(document, position) {
      const schema = await schemaOf(document);
      if (!schema) return null;
      const found = FrontMatter.hover(document.getText(), position.line, position.character, schema);
      if (!found) return null;
      const range = new vscode.Range(position.line, found.start, position.line, found.end);
      return new vscode.Hover(new vscode.MarkdownString(found.text), range);
    },
  };

  function forget() {
    schemas.clear();
    vscode.workspace.textDocuments.forEach(look);
  }

  const watcher = vscode.workspace.createFileSystemWatcher(`**/${SCHEMAS}/*.json`);
  context.subscriptions.push(
    problems,
    watcher,
    watcher.onDidChange(forget),
    watcher.onDidCreate(forget),
    vscode.workspace.onDidOpenTextDocument(look),
    vscode.workspace.onDidChangeTextDocument(lookSoon),
    vscode.workspace.onDidCloseTextDocument(close),
    vscode.languages.registerCompletionItemProvider("markdown", completion, ":", " "),
    vscode.languages.registerHoverProvider("markdown", hover),
  );
  vscode.workspace.textDocuments.forEach(look);
}

/** A schema, or null: without one there is nothing to say. */
async function readSchema(place) {
  try {
    return JSON.parse(new TextDecoder().decode(await vscode.workspace.fs.readFile(place)));
  } catch {
    return null;
  }
}

module.exports = { activate };
