import HandfastCore
import HandfastWire

extension DemoCommand {
  /// What cannot go together, each with the way out.
  var contradictions: [(holds: Bool, text: String)] {
    aboutOutput + aboutVersion + aboutChoices + aboutBreakage + aboutSessions
  }

  private var aboutOutput: [(holds: Bool, text: String)] {
    [
      (json && hex, "--hex adds bytes to the narrative; --json has them anyway"),
      (json && step, "--step waits between the narrative's steps; --json has none"),
      (json && showSecrets, "--json never holds secrets; --show-secrets goes with the narrative"),
      (json && (width != nil || color != .auto), "--width and --color lay out the narrative; --json has no layout"),
    ]
  }

  private var aboutVersion: [(holds: Bool, text: String)] {
    let isOld = version == .tls12
    return [
      (!isOld && paper, "--paper is a story of TLS 1.2: TLS 1.3 has no RSA key transport; leave --version 1.3 out"),
      (isOld && suite?.suite.isTLS13 == true, "\(suiteName) is a suite of TLS 1.3; add --version 1.3"),
      (!isOld && suite?.suite.isTLS13 == false, "\(suiteName) is a suite of TLS 1.2; leave --version 1.3 out"),
      (isOld && group?.group.isKEM == true, "TLS 1.2 has no ML-KEM groups; add --version 1.3"),
      (isOld && helloRetry, "--hello-retry is about TLS 1.3's key shares; add --version 1.3"),
      (isOld && earlyData, "--early-data is TLS 1.3's; add --version 1.3"),
    ]
  }

  private var aboutChoices: [(holds: Bool, text: String)] {
    let parameters = suite.flatMap { CipherSuiteParameters($0.suite) }
    let isKeyTransport = parameters?.keyExchange == .rsa
    let fits = keyType.map { key in parameters.map { $0.authentication == key.kind.authentication } ?? true } ?? true
    return [
      (paper && group != nil, "--paper has no ephemeral key exchange, so --group says nothing"),
      (paper && keyType.map { !$0.kind.isRSA } ?? false, "--paper needs an RSA key: --key-type rsa-2048 or rsa-3072"),
      (paper && suite != nil && !isKeyTransport, "--paper is RSA key transport; \(suiteName) is not"),
      (
        !paper && isKeyTransport,
        "\(suiteName) is RSA key transport, which RFC 10015 forbids; --paper shows it all the same"
      ),
      (!fits, "\(suiteName) does not go with a certificate for \(keyType?.rawValue ?? "")"),
    ]
  }

  private var aboutBreakage: [(holds: Bool, text: String)] {
    guard let breakage else { return [] }
    let (rules, kind) = (breakage.contradicts, breakage.rawValue)
    let absence = breakage.absence(in: version)
    return [
      (absence != nil, "--break \(kind): \(absence ?? "")"),
      (rules.suite && suite != nil, "--break \(kind) chooses the suites itself; leave --suite out"),
      (rules.group && group != nil, "--break \(kind) chooses the groups itself; leave --group out"),
      (rules.keyType && keyType != nil, "--break \(kind) chooses the keys itself; leave --key-type out"),
      (
        rules.noClientCert && noClientCert,
        "--break \(kind) is about the client's certificate; leave --no-client-cert out"
      ), (rules.paper && paper, "--break \(kind) has nothing to break with --paper"),
      (helloRetry, "--hello-retry tells of a second ClientHello; leave it or --break out"),
    ]
  }

  private var aboutSessions: [(holds: Bool, text: String)] {
    [
      (
        (resume || earlyData) && breakage != nil,
        "--break ends the first connection, so that there is no session to resume; leave one of them out"
      ),
      (earlyData && helloRetry, "a HelloRetryRequest ends early data; leave --hello-retry or --early-data out"),
    ]
  }

  private var suiteName: String { suite?.suite.description ?? "" }
}
