import Handfast
import HandfastCore
import HandfastTestKit
import HandfastWire

/// A whole handshake with a peer that has keys, certificates and perhaps a session, and lies; and what it does afterwards.
/// `HandshakeShape` says what is what.
enum Handshakes {
  static func run(_ input: [UInt8]) throws {
    var choices = Choices(input)
    let shape = HandshakeShape(&choices)
    let scene = try Scene(shape)
    try run(scene, Lies(&choices))
  }

  /// The same with a scene that somebody else has set, which shows that the rules below would find what they are for.
  static func run(_ scene: Scene, _ lies: Lies) throws {
    let play = try Play(scene, lies)
    try play.perform()
    try checkAuthentication(play)
    try checkEarlyData(play)
    var aftermath = Aftermath(play)
    try aftermath.run()
    try checkEnding(play)
  }

  /// Nobody is taken for authenticated who has not proved it.
  private static func checkAuthentication(_ play: Play) throws {
    let (endpoint, lies, shape) = (play.endpoint, play.lies, play.scene.shape)
    guard endpoint.isComplete else {
      // What is in a ticket is believed: another secret there makes the binder a wrong one.
      return try require(
        lies.toldCount > 0 || shape.damage == .inside,
        "not established, though nobody lied: \(endpoint.failure.debugDescription)")
    }
    let isResumed = endpoint.connection.negotiated?.isResumed == true
    let proofs = isResumed ? [.finished] : shape.proofs
    // A certificate that is another may be one that is as good; what is signed or hashed is not.
    var broken = lies.touched.intersection(proofs.subtracting([.certificate]))
    // The binder is over the ClientHello.
    if isResumed, shape.isTLS13, shape.isClientLying { broken.formUnion(lies.touched.intersection([.clientHello])) }
    try require(broken.isEmpty, "established although \(broken) were not what the peer would have sent")
    let missing = proofs.subtracting(lies.sent)
    try require(missing.isEmpty, "established without \(missing)")
    if isResumed {
      try require(shape.offersSession, "a session is resumed that nobody has offered")
      try require(!play.scene.session.isDamaged, "a damaged ticket is resumed")
    }
  }

  /// Early data is read as it was sent, and only if the ClientHello before it was what the binder vouches for.
  private static func checkEarlyData(_ play: Play) throws {
    let received = play.endpoint.receivedEarly
    try require(play.earlySent.starts(with: received), "early data is not what was sent")
    guard !received.isEmpty else { return }
    try require(!play.lies.touched.contains(.clientHello), "early data of a ClientHello that was changed")
    try require(!play.scene.session.isDamaged, "early data under a damaged ticket")
    try require(!play.scene.shape.retries, "early data though the server has asked for another ClientHello")
  }

  private static func checkEnding(_ play: Play) throws {
    let (endpoint, peer) = (play.endpoint, play.peer)
    let isEstablished = endpoint.isComplete
    endpoint.endInput()
    try require(isEstablished || endpoint.failure != nil, "neither established nor failed at the end of input")
    peer.receive(endpoint.takeOwed())
    for item in peer.rest() { if case .alert(let alert) = item { play.count(alert) } }
    try require(play.fatalAlertCount <= 1, "\(play.fatalAlertCount) fatal alerts")
    try require(endpoint.inbox.count <= 1 << 17, "\(endpoint.inbox.count) bytes wait")
  }
}

extension HandshakeShape {
  /// What the peer must have sent, and as it was to be, before it is believed in a full handshake.
  fileprivate var proofs: Set<HandshakeType> {
    if isClientLying { return isMutual ? [.certificate, .certificateVerify, .finished] : [.finished] }
    return isTLS13 ? [.certificateVerify, .finished] : [.serverKeyExchange, .finished]
  }
}

/// Two configurations, identities and a session that fit together.
struct Scene {
  let shape: HandshakeShape
  var setup: Setup
  let client: Identity
  let server: Identity
  let session: KnownSession

  /// With cheap cryptography, `peerKey` is what each side takes the other's key to be: its name's, unless told otherwise.
  init(
    _ shape: HandshakeShape, peerKey: (any PeerKey)? = nil, changing change: (inout Setup) -> Void = { _ in }
  ) throws {
    self.shape = shape
    let (realClient, realServer) = (try TestIdentities.shared.client(), try TestIdentities.shared.server())
    if shape.isReal {
      (client, server) = (realClient, realServer)
      setup = try Setup(clientKey: shape.isMutual ? .ecdsa(.secp256r1) : nil, shape.isMutual ? .required : .none)
      setup.clientProvider = SeededProvider(seed: 1)
      setup.serverProvider = SeededProvider(seed: 2)
    } else {
      let (clientKey, serverKey) = (CheapSigner(name: "client"), CheapSigner(name: "server"))
      (client, server) =
        shape.usesRawKeys
        ? (clientKey.rawIdentity(like: realClient), serverKey.rawIdentity(like: realServer))
        : (clientKey.identity(like: realClient), serverKey.identity(like: realServer))
      setup = try .cheap(
        client, peerKey ?? clientKey, server, peerKey ?? serverKey, isMutual: shape.isMutual)
    }
    setup.isTracing = false
    change(&setup)
    session = try KnownSession(shape, &setup, client: client, server: server)
  }
}
