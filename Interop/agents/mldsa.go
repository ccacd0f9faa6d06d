// Makes a PKI whose keys are ML-DSA, which the OpenSSL of many machines cannot: `mldsa DIRECTORY YEARS`. A root of ML-DSA-87, an
// intermediate of ML-DSA-65, and below it a server and a client for each strength, besides a list of what the intermediate has
// revoked: the ML-DSA-44 client.
package main

import (
	"crypto"
	"crypto/mldsa"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

var (
	directory = os.Args[1]
	start     = time.Now().Add(-time.Hour)
	end       time.Time
	serial    int64
	sets      = map[string]mldsa.Parameters{
		"ML-DSA-44": mldsa.MLDSA44(), "ML-DSA-65": mldsa.MLDSA65(), "ML-DSA-87": mldsa.MLDSA87(),
	}
)

type authority struct {
	certificate *x509.Certificate
	key         crypto.Signer
}

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

func write(name, label string, bytes []byte) {
	file := must(os.OpenFile(filepath.Join(directory, name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600))
	defer file.Close()
	if err := pem.Encode(file, &pem.Block{Type: label, Bytes: bytes}); err != nil {
		must(0, err)
	}
}

func template(name string) *x509.Certificate {
	serial++
	return &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, NotBefore: start, NotAfter: end,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature,
	}
}

// issue writes NAME.pem, with no issuers in it, and NAME.key.
func issue(name, set string, template *x509.Certificate, issuer *authority) *authority {
	key := must(mldsa.GenerateKey(sets[set]))
	signer := issuer
	if signer == nil {
		signer = &authority{template, key}
	}
	der := must(x509.CreateCertificate(rand.Reader, template, signer.certificate, key.PublicKey(), signer.key))
	write(name+".pem", "CERTIFICATE", der)
	write(name+".key", "PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(key)))
	return &authority{must(x509.ParseCertificate(der)), key}
}

func issuing(name, set string, issuer *authority) *authority {
	form := template("Interop " + name)
	form.IsCA = true
	form.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	return issue(name, set, form, issuer)
}

func main() {
	end = start.AddDate(must(strconv.Atoi(os.Args[2])), 0, 0)
	root := issuing("root", "ML-DSA-87", nil)
	intermediate := issuing("intermediate", "ML-DSA-65", root)
	var revoked []x509.RevocationListEntry
	for set := range sets {
		for _, role := range []string{"server", "client"} {
			form := template(role + "-" + set)
			form.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
			if role == "server" {
				form.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
				form.DNSNames, form.IPAddresses = []string{"server.example"}, []net.IP{{127, 0, 0, 1}}
			}
			leaf := issue(form.Subject.CommonName, set, form, intermediate)
			chain := form.Subject.CommonName + ".chain.pem"
			write(chain, "CERTIFICATE", leaf.certificate.Raw)
			write(chain, "CERTIFICATE", intermediate.certificate.Raw)
			if form.Subject.CommonName == "client-ML-DSA-44" {
				revoked = append(revoked, x509.RevocationListEntry{SerialNumber: form.SerialNumber, RevocationTime: start})
			}
		}
	}
	list := &x509.RevocationList{
		Number: big.NewInt(1), ThisUpdate: start, NextUpdate: end, RevokedCertificateEntries: revoked,
	}
	write("revoked.pem", "X509 CRL", must(x509.CreateRevocationList(rand.Reader, list, intermediate.certificate, intermediate.key)))
}
