/** In the command, instead of the library's front end of RegExp and its parser: patterns come as text here. */
export function parseRegExp(): never {
  throw new TypeError('the command takes no RegExp')
}
