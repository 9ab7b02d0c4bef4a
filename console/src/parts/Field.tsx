// One line of text in a form, with its label. Everything that an <input> takes may be given.
import type { CSSProperties, InputHTMLAttributes } from "react";

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, "onChange" | "value" | "style"> {
  label: string;
  value: string;
  onChange: (value: string) => void;
  style?: CSSProperties; // of the label
}

export function TextField({ label, value, onChange, className = "", style, ...input }: Props) {
  return (
    <label className="labelled" style={style}>
      <span>{label}</span>
      <input
        className={className ? `input ${className}` : "input"}
        value={value}
        onChange={(event) => {
          onChange(event.target.value);
        }}
        {...input}
      />
    </label>
  );
}
