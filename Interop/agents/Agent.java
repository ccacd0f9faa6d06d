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
      String number, String role, String version, String suite, String chain, String key, String roots, int port,
      String name, int connections, int size) {}

  public static void main(String[] arguments) {
    // Later updates switch RSA key transport off. It is tried all the same, as long as Java has it.
    var disabled = Security.getProperty("jdk.tls.disabledAlgorithms");
    Security.setProperty("jdk.tls.disabledAlgorithms", disabled.replaceAll("TLS_RSA_\\*,?\\s*", ""));
    // Keys of TLS 1.3 are changed after a mebibyte, so that rows which send more see it happen.
    Security.setProperty("jdk.tls.keyLimits", "AES/GCM/NoPadding KeyUpdate 2^20");
    var lines = new Scanner(System.in);
    while (lines.hasNextLine()) {
      var f = lines.nextLine().split("\t");
      var order = new Order(
          f[0], f[1], f[2], f[3], f[4], f[5], f[6], Integer.parseInt(f[7]), f[8], Integer.parseInt(f[10]),
          Integer.parseInt(f[12]));
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
      String[] told = null;
      for (var left = order.connections; left > 0; left--) {
        try (var socket = (SSLSocket) listener.accept()) {
          socket.setSoTimeout(15_000);
          socket.getInputStream().transferTo(socket.getOutputStream());
          told = told(socket.getSession());
        }
      }
      say(order.number, told);
    }
  }

  static void connect(Order order, SSLContext context) throws Exception {
    String[] told = null;
    for (var left = order.connections; left > 0; left--) {
      var plain = new Socket("127.0.0.1", order.port);
      plain.setSoTimeout(15_000);
      try (var socket = (SSLSocket) context.getSocketFactory().createSocket(plain, order.name, order.port, true)) {
        var parameters = parameters(order);
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        talk(order, socket);
        told = told(socket.getSession());
      }
    }
    say(order.number, told);
  }

  /** Piece by piece: when it has read too much under one key, it asks for another with every record that it still gets. */
  static void talk(Order order, SSLSocket socket) throws Exception {
    for (var left = order.size; left > 0; left -= 40_000) {
      var data = new byte[40_000];
      new SecureRandom().nextBytes(data);
      socket.getOutputStream().write(data);
      if (!Arrays.equals(socket.getInputStream().readNBytes(data.length), data)) {
        throw new IOException("other bytes come back");
      }
    }
  }

  /** It does not tell whether a session was resumed. */
  static String[] told(SSLSession session) throws Exception {
    var subject = ((X509Certificate) session.getPeerCertificates()[0]).getSubjectX500Principal().getName();
    return new String[] {
      "done", session.getProtocol(), session.getCipherSuite(), subject.replaceFirst("^CN=", ""), "-"
    };
  }

  static SSLParameters parameters(Order order) {
    var suites = order.suite.equals("-") ? null : new String[] {order.suite};
    return new SSLParameters(suites, order.version.equals("-") ? null : new String[] {"TLSv" + order.version});
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
    var context = SSLContext.getInstance("TLS");
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

  static synchronized void say(String number, String... fields) {
    var tidy = Arrays.stream(fields).map(field -> field.replaceAll("\\s+", " ")).toList();
    System.out.println(number + "\t" + String.join("\t", tidy));
  }
}
