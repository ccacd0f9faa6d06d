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
	"strconv"
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

type order struct {
	number, role, version, suite, chain, key, roots, port, name, groups, connections, tickets, size string
}

var curves = map[string]tls.CurveID{
	"secp256r1": tls.CurveP256, "secp384r1": tls.CurveP384, "secp521r1": tls.CurveP521, "x25519": tls.X25519,
	"X25519MLKEM768": tls.X25519MLKEM768, "SecP256r1MLKEM768": tls.SecP256r1MLKEM768,
}

func (o order) config() (*tls.Config, error) {
	config := &tls.Config{ServerName: o.name, ClientSessionCache: tls.NewLRUClientSessionCache(4)}
	if o.version == "1.2" {
		config.MinVersion, config.MaxVersion = tls.VersionTLS12, tls.VersionTLS12
	}
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		if suite.Name == o.suite {
			config.CipherSuites = []uint16{suite.ID}
		}
	}
	if config.CipherSuites == nil && o.suite != "-" {
		return nil, errors.New("no such suite: " + o.suite)
	}
	if o.groups != "-" {
		for _, group := range strings.Split(o.groups, ",") {
			config.CurvePreferences = append(config.CurvePreferences, curves[group])
		}
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

func (o order) count(field string) int {
	count, _ := strconv.Atoi(field)
	return count
}

func (o order) serve(config *tls.Config) error {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer listener.Close()
	say(o.number, "listening", fmt.Sprint(listener.Addr().(*net.TCPAddr).Port))
	var connection *tls.Conn
	for range o.count(o.connections) {
		raw, err := listener.Accept()
		if err != nil {
			return err
		}
		raw.SetDeadline(time.Now().Add(15 * time.Second))
		connection = tls.Server(raw, config)
		defer connection.Close()
		if err := connection.Handshake(); err != nil {
			return err
		}
		if _, err := io.Copy(connection, connection); err != nil {
			return err
		}
		connection.Close()
	}
	o.done(connection)
	return nil
}

func (o order) connect(config *tls.Config) error {
	var connection *tls.Conn
	for range o.count(o.connections) {
		raw, err := net.DialTimeout("tcp4", "127.0.0.1:"+o.port, 15*time.Second)
		if err != nil {
			return err
		}
		raw.SetDeadline(time.Now().Add(15 * time.Second))
		connection = tls.Client(raw, config)
		defer connection.Close()
		if err := o.talk(connection); err != nil {
			return err
		}
		if err := connection.Close(); err != nil {
			return err
		}
	}
	o.done(connection)
	return nil
}

func (o order) talk(connection *tls.Conn) error {
	data := make([]byte, o.count(o.size))
	rand.Read(data)
	written := make(chan error, 1)
	go func() {
		_, err := connection.Write(data)
		written <- err
	}()
	received := make([]byte, len(data))
	if _, err := io.ReadFull(connection, received); err != nil {
		return err
	}
	if !bytes.Equal(received, data) {
		return errors.New("other bytes come back")
	}
	return <-written
}

func (o order) done(connection *tls.Conn) {
	state := connection.ConnectionState()
	version := strings.ReplaceAll(tls.VersionName(state.Version), " ", "v")
	resumed := "no"
	if state.DidResume {
		resumed = "yes"
	}
	subject := state.PeerCertificates[0].Subject.CommonName
	say(o.number, "done", version, tls.CipherSuiteName(state.CipherSuite), subject, resumed)
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
		go order{f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8], f[9], f[10], f[11], f[12]}.play()
	}
}
