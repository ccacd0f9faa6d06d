// Java's JSSE as a peer. See Interop/peers/agent.py for what it reads and writes.

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Security;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Scanner;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

public class Agent {
  record Order(
      String number, String role, String suite, String chain, String key, String roots, int port, String name) {}

  public static void main(String[] arguments) {
    // Later updates switch RSA key transport off. It is tried all the same, as long as Java has it.
    var disabled = Security.getProperty("jdk.tls.disabledAlgorithms");
    Security.setProperty("jdk.tls.disabledAlgorithms", disabled.replaceAll("TLS_RSA_\\*,?\\s*", ""));
    var lines = new Scanner(System.in);
    while (lines.hasNextLine()) {
      var f = lines.nextLine().split("\t");
      var order = new Order(f[0], f[1], f[2], f[3], f[4], f[5], Integer.parseInt(f[6]), f[7]);
      var thread = new Thread(() -> play(order));
      thread.setDaemon(true);
      thread.start();
    }
  }

  static void play(Order order) {
    try {
      var context = context(order);
      if (order.role.equals("server")) {
        serve(order, context);
      } else {
        connect(order, context);
      }
    } catch (Exception error) {
      say(order.number, "failed", error.toString());
    }
  }

  static void serve(Order order, SSLContext context) throws Exception {
    var loopback = InetAddress.getByName("127.0.0.1");
    try (var listener = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 1, loopback)) {
      listener.setSoTimeout(15_000);
      var parameters = parameters(order);
      parameters.setNeedClientAuth(true);
      listener.setSSLParameters(parameters);
      say(order.number, "listening", String.valueOf(listener.getLocalPort()));
      try (var socket = (SSLSocket) listener.accept()) {
        socket.setSoTimeout(15_000);
        socket.getInputStream().transferTo(socket.getOutputStream());
        done(order, socket.getSession());
      }
    }
  }

  static void connect(Order order, SSLContext context) throws Exception {
    var plain = new Socket("127.0.0.1", order.port);
    plain.setSoTimeout(15_000);
    try (var socket = (SSLSocket) context.getSocketFactory().createSocket(plain, order.name, order.port, true)) {
      var parameters = parameters(order);
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      var data = new byte[40_000];
      new SecureRandom().nextBytes(data);
      socket.getOutputStream().write(data);
      if (!Arrays.equals(socket.getInputStream().readNBytes(data.length), data)) {
        throw new IOException("other bytes come back");
      }
      done(order, socket.getSession());
    }
  }

  static void done(Order order, SSLSession session) throws Exception {
    var subject = ((X509Certificate) session.getPeerCertificates()[0]).getSubjectX500Principal().getName();
    say(order.number, "done", session.getProtocol(), session.getCipherSuite(), subject.replaceFirst("^CN=", ""));
  }

  static SSLParameters parameters(Order order) {
    return new SSLParameters(new String[] {order.suite}, new String[] {"TLSv1.2"});
  }

  static SSLContext context(Order order) throws Exception {
    var password = new char[0];
    var keys = KeyManagerFactory.getInstance("PKIX");
    var own = emptyStore();
    if (!order.chain.equals("-")) {
      own.setKeyEntry("own", key(order.key), password, certificates(order.chain));
    }
    keys.init(own, password);
    var trust = TrustManagerFactory.getInstance("PKIX");
    var roots = emptyStore();
    roots.setCertificateEntry("root", certificates(order.roots)[0]);
    trust.init(roots);
    var context = SSLContext.getInstance("TLSv1.2");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  static KeyStore emptyStore() throws Exception {
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  static Certificate[] certificates(String file) throws Exception {
    var pem = new ByteArrayInputStream(Files.readAllBytes(Path.of(file)));
    return CertificateFactory.getInstance("X.509").generateCertificates(pem).toArray(new Certificate[0]);
  }

  static PrivateKey key(String file) throws Exception {
    var pem = Files.readString(Path.of(file)).replaceAll("-----.*-----", "");
    var encoded = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem));
    for (var algorithm : new String[] {"EC", "RSA", "Ed25519"}) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
      } catch (InvalidKeySpecException wrongAlgorithm) {
        continue;
      }
    }
    throw new IOException("a key of an unknown kind: " + file);
  }

  static synchronized void say(String... fields) {
    System.out.println(String.join("\t", Arrays.stream(fields).map(field -> field.replaceAll("\\s+", " ")).toList()));
  }
}
