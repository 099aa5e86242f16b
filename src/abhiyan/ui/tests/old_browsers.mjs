// Finds in scripts what the oldest browsers of docs/field.md lack, by MDN's table of every interface and its versions.
// node old_browsers.mjs check FILE…: a line for each finding. node old_browsers.mjs lacks VERSION: what Chrome had not
// yet, as paths such as "AbortSignal.timeout" and "Array.prototype.at".
//
// A name that an old interface has too passes: a script does not say of which kind a value is. So does a name that the
// script itself gives, and one whose presence it tests: by ?., "in", !, && or a condition. A try is no test: it hides
// that a feature is missing. Selectors in strings are read too, as querySelector throws where it does not know one.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const packages = createRequire(new URL("../../../../node_modules/", import.meta.url));
const { api, javascript, css } = packages("@mdn/browser-compat-data");
const OLDEST = { chrome_android: 80, samsunginternet_android: 13, firefox: 78, safari: 14 };
const INSTANCES = {
  navigator: "Navigator", document: "Document", crypto: "Crypto", caches: "CacheStorage", indexedDB: "IDBFactory",
  location: "Location", history: "History", localStorage: "Storage", sessionStorage: "Storage", performance: "Performance",
};
const GLOBALS = new Set(["window", "self", "globalThis"]);

function isIn(feature, browser, version) {
  const told = [feature.__compat.support[browser] ?? []].flat();
  return told.some((one) => {
    const added = parseFloat(String(one.version_added).replace("≤", ""));
    const isLeft = one.version_removed && parseFloat(one.version_removed) <= version;
    return added <= version && !isLeft && !one.flags && !one.prefix && !one.alternative_name;
  });
}
const isOld = (feature) => Object.entries(OLDEST).every(([browser, version]) => isIn(feature, browser, version));
const known = (feature) => feature && feature.__compat && feature;

// Of an interface: a static member, or one of its values.
function memberOf(owner, name) {
  const all = api[owner] ?? javascript.builtins[owner] ?? {};
  return known(all[`${name}_static`]) ?? known(all[name]);
}
const globalOf = (name) => memberOf("Window", name) ?? known(api[name]) ?? known(javascript.builtins[name]);

const members = new Map(); // name → every feature of that name
for (const all of [api, javascript.builtins])
  for (const [owner, own] of Object.entries(all)) {
    if (!known(own) || !isOld(own)) continue; // a value of a new interface comes by something else that is new
    for (const [name, feature] of Object.entries(own)) {
      if (!known(feature) || name.endsWith("_event") || name === owner) continue;
      const plain = name.replace(/_static$/, "");
      members.set(plain, [...(members.get(plain) ?? []), feature]);
    }
  }

function check(path) {
  const { parse } = packages("acorn");
  const { full, simple } = packages("acorn-walk");
  const text = readFileSync(path, "utf8");
  const found = [];
  const say = (node, words) => found.push(`${path}:${node.loc.start.line}: ${words}`);
  let tree;
  try {
    tree = parse(text, { ecmaVersion: 2020, sourceType: "module", locations: true });
  } catch (error) {
    return [`${path}: not the language of 2020: ${error.message}`];
  }
  const own = new Set();
  const tested = new Set();
  const test = (node) => {
    if (!node) return;
    if (node.type === "ChainExpression") return test(node.expression);
    if (node.type === "UnaryExpression") return test(node.argument);
    if (node.type === "LogicalExpression") return test(node.left), test(node.right);
    if (node.type === "MemberExpression") return tested.add(node.property.name), test(node.object);
    if (node.type === "Identifier") tested.add(node.name);
  };
  const names = (pattern) => {
    if (!pattern) return;
    if (pattern.type === "Identifier") own.add(pattern.name);
    for (const part of pattern.elements ?? pattern.properties ?? pattern.params ?? []) {
      if (part?.type === "Property" && !part.computed) own.add(part.key.name ?? part.key.value);
      names(part?.value ?? part?.argument ?? part?.left ?? part);
    }
    if (pattern.left) names(pattern.left);
  };
  full(tree, (node) => {
    if (node.type === "ObjectExpression") names({ properties: node.properties.filter((one) => one.type === "Property") });
    if (node.type === "VariableDeclarator" || /^(Function|Class)Declaration$/.test(node.type)) names(node.id);
    if (/Function/.test(node.type)) names({ params: node.params });
    if (node.type === "CatchClause") names(node.param);
    if (/^Import\w*Specifier$/.test(node.type)) names(node.local);
    if (node.type === "AssignmentExpression" && node.left.type === "MemberExpression") own.add(node.left.property.name);
    if (node.type === "BinaryExpression" && node.operator === "in") tested.add(node.left.value);
    if (node.type === "UnaryExpression" && /^(!|typeof)$/.test(node.operator)) test(node.argument);
    if (node.type === "LogicalExpression") test(node.left);
    if (/^(If|While)Statement$|^ConditionalExpression$/.test(node.type)) test(node.test);
    if (node.type === "CallExpression" && node.optional) test(node.callee);
    if (node.type === "MemberExpression" && node.optional) test(node.object);
  });
  const judge = (node, name, features) => {
    if (tested.has(name) || !features.length || features.some(isOld)) return;
    say(node, `${name} is newer than the oldest browsers`);
  };
  const selector = (node, words) => {
    for (const [, name] of words.matchAll(/:([a-z-]+)/g))
      if (known(css.selectors[name])) judge(node, `:${name}`, [css.selectors[name]]);
    if (/:not\([^)]*,/.test(words)) judge(node, ":not of several", [css.selectors.not.selector_list]);
  };
  simple(tree, {
    MemberExpression({ object, property, computed }) {
      if (computed || /^(dataset|elements)$/.test(object.property?.name)) return;
      const { name } = property;
      const owner = object.type === "Identifier" && (INSTANCES[object.name] ?? object.name);
      const exact = GLOBALS.has(owner) ? globalOf(name) : owner && !own.has(owner) && memberOf(owner, name);
      if (exact) judge(property, name, [exact]);
      else if (!own.has(name)) judge(property, name, members.get(name) ?? []);
    },
    Identifier(node) {
      if (own.has(node.name)) return;
      const feature = globalOf(node.name);
      if (feature) judge(node, node.name, [feature]);
    },
    NewExpression(node) {
      if (node.callee.name === "FormData" && node.arguments.length > 1)
        judge(node, "the button in FormData", [api.FormData.FormData.submitter]);
    },
    Literal: (node) => typeof node.value === "string" && selector(node, node.value),
    TemplateElement: (node) => selector(node, node.value.raw),
  });
  return found;
}

function lacks(version) {
  const newer = (feature) => known(feature) && !isIn(feature, "chrome_android", version) && isIn(feature, "chrome_android", 1e9);
  const paths = [];
  for (const all of [api, javascript.builtins])
    for (const [owner, own] of Object.entries(all)) {
      if (newer(own)) paths.push(owner);
      else
        for (const [name, feature] of Object.entries(own)) {
          if (!newer(feature) || name === owner || !/^\w+$/.test(name) || /_event$|^__/.test(name)) continue;
          if (owner === "Window") paths.push(name);
          else paths.push(name.endsWith("_static") ? `${owner}.${name.slice(0, -7)}` : `${owner}.prototype.${name}`);
        }
    }
  return paths;
}

const [what, ...given] = process.argv.slice(2);
const lines = what === "lacks" ? lacks(Number(given[0])) : given.flatMap(check);
if (lines.length) console.log(lines.join("\n"));
