import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

// Rooms: base <- api <- parts <- pages/NAME. A refused import says why.
const refuse = (rooms, why) => ({ patterns: [{ regex: `(^|/)(${rooms})(/|$)`, message: why }] });

export default tseslint.config(
  { ignores: ["src/api/types.gen.ts"] },
  ...tseslint.configs.strict,
  {
    files: ["src/**/*.{ts,tsx}"],
    plugins: { "react-hooks": hooks },
    rules: {
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      "@typescript-eslint/consistent-type-assertions": ["error", { assertionStyle: "never" }],
      "max-lines": ["error", 400],
      "no-restricted-syntax": [
        "error",
        { selector: "ExportDefaultDeclaration", message: "Named exports only." },
        { selector: "JSXText[value=/[A-Za-zÀ-ỹ]{2,}/]", message: "Words come from the message table." },
        { selector: "JSXAttribute[name.name=/^(title|aria-label|placeholder|label)$/] > Literal", message: "Words come from the message table." },
        { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: "Data never becomes HTML." },
      ],
    },
  },
  { files: ["src/base/**"], rules: { "no-restricted-imports": ["error", { patterns: [{ regex: "(^|/)(api|parts|pages)(/|$)", message: "base knows no other room." }, { regex: "^react", message: "base is plain TypeScript, without React." }] }] } },
  { files: ["src/api/**"], rules: { "no-restricted-imports": ["error", refuse("parts|pages", "api may use base only.")] } },
  { files: ["src/parts/**"], rules: { "no-restricted-imports": ["error", refuse("pages", "parts may use base and api only.")] } },
  { files: ["src/pages/*/**"], rules: { "no-restricted-imports": ["error", refuse("pages|now|findings|\\.\\./search|sources|administration|signin|firstrun|gallery", "a page may use base, api and parts, never another page.")] } },
);
