#!/usr/bin/env bash
# Makes the certificates of this folder anew. They are for tests alone: their keys are public, nothing may trust them.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -subj "/CN=$2" \
    -keyout "$work/$1.key" -out "$1.pem" 2>/dev/null
  touch "$work/$1.index"
}

# Name, authority, alternative name, use, first and last day.
certificate() {
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -keyout "$1.key" -out "$work/$1.csr" 2>/dev/null
  printf '[ca]\ndatabase=%s/%s.index\nrand_serial=yes\ndefault_md=sha256\npolicy=any\nx509_extensions=ext\n' "$work" "$2" > "$work/ca.cnf"
  printf '[any]\ncommonName=supplied\n[ext]\nsubjectAltName=%s\nextendedKeyUsage=%s\n' "$3" "$4" >> "$work/ca.cnf"
  openssl ca -batch -notext -config "$work/ca.cnf" -name ca -cert "$2.pem" -keyfile "$work/$2.key" -outdir "$work" \
    -startdate "$5" -enddate "$6" -in "$work/$1.csr" -out "$1.pem" 2>/dev/null
}

authority authority 'Gatehouse test authority'
authority stranger 'Gatehouse other test authority'
certificate carrier authority DNS:smsc.example serverAuth 20200101000000Z 21200101000000Z
certificate expired authority DNS:smsc.example serverAuth 20200101000000Z 20200201000000Z
certificate client authority DNS:acme.example clientAuth 20200101000000Z 21200101000000Z
