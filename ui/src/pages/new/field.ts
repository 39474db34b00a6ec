import type { FieldName, Form } from "./form";

/** What each part of the form is given. */
export type FieldProps = {
  form: Form;
  patch: (change: Partial<Form>) => void;
  /** Why what stands in a field is not taken. */
  errors: Partial<Record<FieldName, string>>;
};
