#!/bin/sh
":" /*
# This file is sh before it is JavaScript: the shell notes what this process is, for the program that it may become,
# before Node raises its limit, forgets which signals it ignores, and opens descriptors beside those that it was given.
# That is as quick as env, and spares Node a start of 40 ms where NODE_EXTRA_CA_CERTS is set. See before.ts.
case $1 in make | clean | notify) ;; *)
  [ /proc/self -ef /proc/$$ ] && [ -r /proc/$$/environ ] || exec node "$0" "$@" # or /proc is another namespace's
  FIFODIR_DESCRIPTORS=$$
  for f in /proc/$$/fdinfo/[3-9] /proc/$$/fdinfo/[1-9]?*; do
    [ -r "$f" ] || continue
    { read -r a n; read -r a n; } <"$f"
    case $n in *[2367]??????) ;; *) FIFODIR_DESCRIPTORS="$FIFODIR_DESCRIPTORS ${f#/proc/$$/fdinfo/}" ;; esac
  done
  FIFODIR_BEFORE=$({ cat /proc/$$/environ /proc/$$/limits /proc/$$/status | base64 -w0; } 2>/dev/null)
  export FIFODIR_BEFORE FIFODIR_DESCRIPTORS
  if [ ${#FIFODIR_BEFORE} -ge 131000 ]; then # more than a variable holds: all but the environment
    FIFODIR_BEFORE=
    FIFODIR_BEFORE=$(cat /proc/$$/status /proc/$$/limits | base64 -w0)
    exec node "$0" "$@"
  fi
esac
unset NODE_EXTRA_CA_CERTS NODE_CHANNEL_FD
exec node "$0" "$@"
*/
