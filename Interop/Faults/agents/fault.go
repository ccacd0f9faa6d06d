// Go's crypto/tls, set up in whatever broken way it lets itself be. See Interop/Faults/tools/agent.py.
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

var lock sync.Mutex

func say(fields ...string) {
	lock.Lock()
	defer lock.Unlock()
	fmt.Println(strings.Join(fields, "\t"))
}

type order map[string]string

func (o order) list(key string) []string {
	if o[key] == "" {
		return nil
	}
	return strings.Split(o[key], ",")
}

func (o order) limit() time.Duration {
	if seconds, err := strconv.Atoi(o["seconds"]); err == nil {
		return time.Duration(seconds) * time.Second
	}
	return 8 * time.Second
}

var versions = map[string]uint16{"1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}

var curves = map[string]tls.CurveID{
	"P-256": tls.CurveP256, "P-384": tls.CurveP384, "P-521": tls.CurveP521, "x25519": tls.X25519,
	"X25519MLKEM768": tls.X25519MLKEM768,
}

func (o order) config() (*tls.Config, error) {
	config := &tls.Config{ServerName: o["name"], NextProtos: o.list("protocols"), SessionTicketsDisabled: true}
	for _, version := range o.list("versions") {
		number := versions[version]
		if config.MinVersion == 0 || number < config.MinVersion {
			config.MinVersion = number
		}
		config.MaxVersion = max(config.MaxVersion, number)
	}
	for _, name := range o.list("suites") {
		for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
			if suite.Name == name {
				config.CipherSuites = append(config.CipherSuites, suite.ID)
			}
		}
	}
	for _, group := range o.list("groups") {
		config.CurvePreferences = append(config.CurvePreferences, curves[group])
	}
	if o["roots"] != "" {
		text, err := os.ReadFile(o["roots"])
		if err != nil {
			return nil, err
		}
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(text)
		config.RootCAs, config.ClientCAs = roots, roots
	}
	config.ClientAuth = map[string]tls.ClientAuthType{
		"required": tls.RequireAndVerifyClientCert, "optional": tls.VerifyClientCertIfGiven, "none": tls.NoClientCert,
	}[o["auth"]]
	if o["chain"] != "" {
		identity, err := o.identity()
		if err != nil {
			return nil, err
		}
		if o["staple"] != "" {
			if identity.OCSPStaple, err = os.ReadFile(o["staple"]); err != nil {
				return nil, err
			}
		}
		config.Certificates = []tls.Certificate{identity}
	}
	if o["whim"] != "" {
		config.VerifyConnection = func(tls.ConnectionState) error {
			return errors.New("not on the list")
		}
	}
	if known := o["knows"]; known != "" {
		config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			if hello.ServerName != known {
				return nil, fmt.Errorf("no certificate for the server name %q", hello.ServerName)
			}
			return nil, nil
		}
	}
	return config, nil
}

// identity loads a pair; a key that does not belong to the certificate goes in as it would from an HSM, unchecked.
func (o order) identity() (tls.Certificate, error) {
	if o["wrongkey"] == "" {
		return tls.LoadX509KeyPair(o["chain"], o["key"])
	}
	var identity tls.Certificate
	text, err := os.ReadFile(o["chain"])
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		identity.Certificate = append(identity.Certificate, block.Bytes)
	}
	if err != nil {
		return identity, err
	}
	if text, err = os.ReadFile(o["key"]); err != nil {
		return identity, err
	}
	block, _ := pem.Decode(text)
	identity.PrivateKey, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	return identity, err
}

func (o order) serve(config *tls.Config) error {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer listener.Close()
	say(o["id"], "listening", fmt.Sprint(listener.Addr().(*net.TCPAddr).Port))
	listener.(*net.TCPListener).SetDeadline(time.Now().Add(20 * time.Second))
	raw, err := listener.Accept()
	if err != nil {
		return err
	}
	defer raw.Close()
	raw.SetDeadline(time.Now().Add(o.limit()))
	connection := tls.Server(raw, config)
	if err := connection.Handshake(); err != nil {
		// As net/http logs it.
		return fmt.Errorf("TLS handshake error from %s: %w", raw.RemoteAddr(), err)
	}
	defer connection.Close()
	_, err = io.Copy(connection, connection)
	return err
}

func (o order) connect(config *tls.Config) error {
	raw, err := net.DialTimeout("tcp4", "127.0.0.1:"+o["port"], 8*time.Second)
	if err != nil {
		return err
	}
	defer raw.Close()
	raw.SetDeadline(time.Now().Add(o.limit()))
	connection := tls.Client(raw, config)
	if _, err := connection.Write([]byte("hello\n")); err != nil {
		return err
	}
	answer := make([]byte, 6)
	if _, err := io.ReadFull(connection, answer); err != nil {
		return err
	}
	return connection.Close()
}

func (o order) play() {
	config, err := o.config()
	switch {
	case err != nil:
		say(o["id"], "refused", base64.StdEncoding.EncodeToString([]byte(err.Error()+"\n")))
		return
	case o["role"] == "server":
		err = o.serve(config)
	case o["role"] == "client":
		err = o.connect(config)
	default:
		err = errors.New("no such role")
	}
	if err != nil {
		say(o["id"], "failed", base64.StdEncoding.EncodeToString([]byte(err.Error()+"\n")))
		return
	}
	say(o["id"], "done", "")
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		o := order{}
		for _, field := range strings.Split(lines.Text(), "\t") {
			key, value, _ := strings.Cut(field, "=")
			o[key] = value
		}
		go o.play()
	}
}
