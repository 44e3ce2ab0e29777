#!/bin/sh
# Puts Reportwire into the menu and on the path of this user. The folder stays where it is.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=${XDG_DATA_HOME:-$HOME/.local/share}
mkdir -p "$data/applications" "$data/icons/hicolor/scalable/apps" "$data/icons/hicolor/256x256/apps" "$HOME/.local/bin"
sed "s|^Exec=.*|Exec=\"$here/reportwire\"|" "$here/reportwire.desktop" > "$data/applications/reportwire.desktop"
cp "$here/reportwire.svg" "$data/icons/hicolor/scalable/apps/"
cp "$here/reportwire.png" "$data/icons/hicolor/256x256/apps/"
ln -sf "$here/reportwire" "$HOME/.local/bin/reportwire"
echo "Reportwire is in the menu, and in $HOME/.local/bin."
