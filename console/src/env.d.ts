interface ImportMetaEnv {
  readonly VITE_GALLERY?: string; // set for builds with the gallery page
}
