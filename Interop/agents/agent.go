// Go's crypto/tls as a peer. See Interop/peers/agent.py for what it reads and writes.
package main

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"time"
)

var lock sync.Mutex

func say(fields ...string) {
	for index, field := range fields {
		fields[index] = strings.Join(strings.Fields(field), " ")
	}
	lock.Lock()
	defer lock.Unlock()
	fmt.Println(strings.Join(fields, "\t"))
}

type order struct{ number, role, suite, chain, key, roots, port, name string }

func (o order) config() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12, ServerName: o.name}
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		if suite.Name == o.suite {
			config.CipherSuites = []uint16{suite.ID}
		}
	}
	if config.CipherSuites == nil {
		return nil, errors.New("no such suite: " + o.suite)
	}
	pem, err := os.ReadFile(o.roots)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	config.RootCAs, config.ClientCAs = roots, roots
	config.ClientAuth = tls.RequireAndVerifyClientCert
	if o.chain != "-" {
		identity, err := tls.LoadX509KeyPair(o.chain, o.key)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{identity}
	}
	return config, nil
}

func (o order) serve(config *tls.Config) error {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer listener.Close()
	say(o.number, "listening", fmt.Sprint(listener.Addr().(*net.TCPAddr).Port))
	raw, err := listener.Accept()
	if err != nil {
		return err
	}
	raw.SetDeadline(time.Now().Add(15 * time.Second))
	connection := tls.Server(raw, config)
	defer connection.Close()
	if err := connection.Handshake(); err != nil {
		return err
	}
	if _, err := io.Copy(connection, connection); err != nil {
		return err
	}
	o.done(connection)
	return nil
}

func (o order) connect(config *tls.Config) error {
	raw, err := net.DialTimeout("tcp4", "127.0.0.1:"+o.port, 15*time.Second)
	if err != nil {
		return err
	}
	raw.SetDeadline(time.Now().Add(15 * time.Second))
	connection := tls.Client(raw, config)
	defer connection.Close()
	data := make([]byte, 40_000)
	rand.Read(data)
	if _, err := connection.Write(data); err != nil {
		return err
	}
	received := make([]byte, len(data))
	if _, err := io.ReadFull(connection, received); err != nil {
		return err
	}
	if !bytes.Equal(received, data) {
		return errors.New("other bytes come back")
	}
	if err := connection.Close(); err != nil {
		return err
	}
	o.done(connection)
	return nil
}

func (o order) done(connection *tls.Conn) {
	state := connection.ConnectionState()
	version := strings.ReplaceAll(tls.VersionName(state.Version), " ", "v")
	say(o.number, "done", version, tls.CipherSuiteName(state.CipherSuite), state.PeerCertificates[0].Subject.CommonName)
}

func (o order) play() {
	config, err := o.config()
	if err == nil && o.role == "server" {
		err = o.serve(config)
	} else if err == nil {
		err = o.connect(config)
	}
	if err != nil {
		say(o.number, "failed", err.Error())
	}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		f := strings.Split(lines.Text(), "\t")
		go order{f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7]}.play()
	}
}
