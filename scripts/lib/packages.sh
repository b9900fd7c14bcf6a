# Installs from Debian what is missing. Sourced by scripts/demo and scripts/test.
# It starts no daemon and configures none: the mail host of scripts/mailhost has a folder of its own.

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# need WHAT:PACKAGE...   WHAT is a program's name or a file's path.
need() {
    local pair what package missing=()
    for pair in "$@"; do
        what=${pair%%:*} package=${pair#*:}
        if ! PATH="$PATH:/usr/sbin:/sbin" command -v "$what" >/dev/null 2>&1 && [ ! -e "$what" ]; then
            missing+=("$package")
        fi
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "Please install ${missing[*]}: this machine has no apt-get, and I know of no other way." >&2
        return 1
    fi
    echo "Installing from Debian: ${missing[*]}"
    install_packages "${missing[@]}"
}

install_packages() {
    local log policy=/usr/sbin/policy-rc.d ours= failed=
    log=$(mktemp)
    # Debian starts a daemon as soon as it is installed, unless this file says no.
    if [ ! -e "$policy" ]; then
        ours=yes
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
    fi
    # Postfix asks what kind of host this is, even where nobody can answer.
    if command -v debconf-set-selections >/dev/null 2>&1; then
        echo 'postfix postfix/main_mailer_type select No configuration' | as_root debconf-set-selections || true
    fi
    local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@")
    if ! as_root "${install[@]}" >"$log" 2>&1 </dev/null; then
        # The lists of packages are missing or old.
        as_root apt-get update -q >>"$log" 2>&1 </dev/null && as_root "${install[@]}" >>"$log" 2>&1 </dev/null || failed=yes
    fi
    [ -z "$ours" ] || as_root rm -f "$policy"
    if [ -n "$failed" ]; then
        tail -n 20 "$log" >&2
        echo "Installing $* failed; the last lines of apt-get stand above." >&2
    fi
    rm -f "$log"
    [ -z "$failed" ]
}

# What the mail host of scripts/mailhost is made of.
MAIL_HOST_PACKAGES=(
    python3:python3 openssl:openssl postfix:postfix
    /usr/lib/dovecot/imap:dovecot-imapd /usr/lib/dovecot/lmtp:dovecot-lmtpd
)
need_mail_host() {
    need "${MAIL_HOST_PACKAGES[@]}" || return 1
    # The smallest Debian has a python3 without its library.
    python3 -c 'import imaplib, secrets, smtplib' 2>/dev/null || install_packages python3
}

# What it takes to build: SQLite and ring are compiled with a C compiler.
BUILD_PACKAGES=(cc:gcc /usr/include/stdio.h:libc6-dev)

need_cargo() {
    command -v cargo >/dev/null 2>&1 || PATH="$HOME/.cargo/bin:$PATH"
    if ! command -v cargo >/dev/null 2>&1; then
        echo "There is no cargo here. Install Rust first, as https://rustup.rs says." >&2
        return 1
    fi
}
