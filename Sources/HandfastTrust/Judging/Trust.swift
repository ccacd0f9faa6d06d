public import HandfastCore

/// Whom to trust: judges peers' X.509 chains by RFC 5280 (path) and RFC 9525 (identity), as strictly as TLS wants it.
///
/// A server must be issued for server authentication, a client for client authentication; SHA-1, MD5 and RSA keys below 2048 bits
/// are refused; a server's name is looked for in subjectAltName only. What is known to be revoked is refused; `revocation` says
/// where to look, and what holds when nobody knows.
public struct Trust: PeerTrust {
  /// What time it is, in Unix seconds; the system's clock unless replaced.
  public var now: @Sendable () -> Int64 = { SystemClock.now() }
  /// Whether peers are judged within the connection. If not, it pauses with `Need.peerVerdict`, to be answered with `judge`.
  public var judgesInline = true
  /// Certificates in a chain that is judged; more are refused as too complex. A connection's own `Limits.chainLength` (10) comes
  /// first: whoever raises it beyond 16 raises this too.
  public var chainLength = 16 { didSet { rulesScope = scopeOfRules } }
  /// Intermediates between a peer's certificate and the root, self-issued ones not counted, at most; nil: as many as `chainLength` lets in.
  public var intermediateLimit: Int? { didSet { rulesScope = scopeOfRules } }
  /// Where it is looked whether a certificate is revoked, and what holds when nobody knows.
  public var revocation = Revocation.stapledOnly { didSet { rulesScope = scopeOfRules } }
  /// Whether chains that were found good are remembered, so that judging them costs little the next time: no path is looked for and no
  /// signature checked. All rules are applied again to each handshake: dates, names, usage, revocation. A chain is remembered only
  /// after its owner has proved, with a signature in the handshake, that it holds the key; up to `rememberedChainLimit` chains of up
  /// to 16 KiB, the least recently used making room. Copies of a `Trust` share their memory.
  ///
  /// The intermediates in them are remembered as well, up to `rememberedIssuerLimit`: of a new chain under a known authority, only the
  /// peer's own certificate is read, and its signature checked. That is so for chains in the usual order, without name constraints;
  /// what takes a search for a path is verified anew as a whole.
  ///
  /// How long a judgement takes then depends on whether the chain was seen before. Who can time a peer's answer may learn that
  /// someone with this very chain, or from the same authority, was there; if that matters, switch it off.
  public var remembersChains = true
  /// How many chains one `Trust` and its copies remember.
  public static let rememberedChainLimit = 256
  /// How many intermediates.
  public static let rememberedIssuerLimit = ChainMemory.issuerLimit
  /// Off in tests that hold the two ways to find a path against each other.
  package var takesStraightPaths = true
  private let memory = ChainMemory(limit: rememberedChainLimit)
  package var rememberedChainCount: Int { memory.count }
  package var rememberedIssuerCount: Int { memory.issuerCount }
  private let anchors: TrustAnchors
  /// `sessionScope` but for what is revoked: each connection asks for it.
  private var rulesScope: [UInt8] = []

  /// Trusts what these DER-encoded roots have issued, directly or through intermediates.
  public init(roots: [[UInt8]]) throws(TrustError) {
    guard !roots.isEmpty else { throw .noRoots }
    var anchors: [TrustAnchors.Anchor] = []
    for (position, der) in roots.enumerated() { anchors.append(try .init(der: der, position: position)) }
    self.init(TrustAnchors(anchors))
  }

  /// Trusts what the roots in these PEM blocks have issued.
  public init(rootsPEM: String) throws(TrustError) { try self.init(roots: Self.certificates(in: rootsPEM)) }

  /// Trusts what the operating system trusts (Linux: the distribution's bundle). Roots that this library cannot use are left out.
  public static func system() throws(TrustError) -> Trust {
    let roots = try certificates(in: try SystemRoots.bundle())
    let anchors = roots.enumerated().compactMap { try? TrustAnchors.Anchor(der: $1, position: $0) }
    guard !anchors.isEmpty else { throw .noRoots }
    return Trust(TrustAnchors(anchors))
  }

  /// The file that `system()` reads; nil when there is none.
  public static var systemStorePath: String? { SystemRoots.path }

  private init(_ anchors: TrustAnchors) {
    self.anchors = anchors
    rulesScope = scopeOfRules
  }

  /// The roots' names, for a server to list in its CertificateRequest.
  public var authorities: [[UInt8]] { anchors.subjects }

  /// SHA-256 over the roots, whatever their order, the limits, and `revocation` with what is revoked now; the other rules are the
  /// same for every `Trust`. Nil when peers are not judged within the connection: who then judges is the application's to say.
  public var sessionScope: [UInt8]? {
    guard judgesInline else { return nil }
    guard let lists = revocation.lists else { return rulesScope }
    return rulesScope + lists.revocationLists.scope(at: now())
  }

  private var scopeOfRules: [UInt8] {
    var scope = anchors.scope
    for number in [chainLength, intermediateLimit ?? -1] {
      for shift in 0..<8 { scope.append(UInt8(truncatingIfNeeded: number >> (8 * shift))) }
    }
    return scope + revocation.scopeOfRules
  }

  /// Judges a peer. Every check that is made stands in the verdict, with what was expected and what was found.
  public func judge(_ request: PeerVerification) async -> Verdict {
    var judgement = judgement(of: request, isTraced: true)
    if let verdict = judgement.verdict() { return verdict }
    return await judgement.searchedVerdict()
  }

  /// The same without suspension; nil when `judgesInline` is false.
  public func judgeInline(_ request: PeerVerification) -> Verdict? { judgeInline(request, isTraced: true) }

  /// The same; not traced, the verdict has only those checks that warn, or refuse.
  public func judgeInline(_ request: PeerVerification, isTraced: Bool) -> Verdict? {
    judgesInline ? judgement(of: request, isTraced: isTraced).inlineVerdict() : nil
  }

  private func judgement(of request: PeerVerification, isTraced: Bool) -> Judgement {
    Judgement(
      of: request, by: anchors, revocation: revocation, at: now(), chainLimit: chainLength,
      intermediateLimit: intermediateLimit, takesStraightPaths: takesStraightPaths,
      memory: remembersChains ? memory : nil, isTraced: isTraced)
  }

  private static func certificates(in text: String) throws(TrustError) -> [[UInt8]] {
    do {
      // OpenSSL's "TRUSTED CERTIFICATE" carries more than a certificate, and is left out.
      return try PEMBlock.all(in: text).filter { ["CERTIFICATE", "X509 CERTIFICATE"].contains($0.label) }.map(\.der)
    } catch {
      switch error {
      case .tooLarge(let count): throw .pemTooLarge(byteCount: count, limit: PEMBlock.byteLimit)
      case .unreadable(let problem): throw .malformedPEM(problem)
      }
    }
  }
}
