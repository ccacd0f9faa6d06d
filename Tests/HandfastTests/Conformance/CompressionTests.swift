import Handfast
import HandfastCore
import HandfastTestKit
import HandfastWire
import Testing

/// Leaves out the zeros at the start and says how many; or says that it does, and does not.
private struct Compressor: CertificateCompressor {
  var algorithm = CertificateCompressionAlgorithm.zlib
  var extra: [UInt8] = []

  func compress(_ message: [UInt8]) -> [UInt8]? {
    let zeros = message.prefix { $0 == 0 }.count
    return [UInt8(zeros)] + message.dropFirst(zeros)
  }

  func decompress(_ bytes: [UInt8], byteCount: Int) -> [UInt8]? {
    guard let zeros = bytes.first else { return nil }
    return [UInt8](repeating: 0, count: Int(zeros)) + bytes.dropFirst() + extra
  }
}

@Suite("Compressed certificates") struct CompressionTests {
  private func meet(
    client: [any CertificateCompressor], server: [any CertificateCompressor], _ version: ProtocolVersion = .tls13
  ) throws -> Encounter {
    var setup = try Setup(clientKey: .ecdsa(.secp256r1), .required)
    setup.use([version])
    setup.client.certificateCompressors = client
    setup.server.certificateCompressors = server
    let pair = try setup.pair()
    pair.run()
    return Encounter(pair)
  }

  @Test func `come from a server to a client that takes them`() throws {
    let met = try meet(client: [Compressor()], server: [Compressor()])
    #expect(met.isComplete)
    #expect(met.server.sent.contains(.compressedCertificate))
    #expect(!met.server.sent.contains(.certificate))
    // Nobody has asked the client to.
    #expect(met.client.sent.contains(.certificate))
  }

  @Test func `do not come where one side knows no algorithm of the other's, nor in TLS 1.2`() throws {
    let other = Compressor(algorithm: .zstd)
    for met in [
      try meet(client: [], server: [Compressor()]), try meet(client: [Compressor()], server: []),
      try meet(client: [other], server: [Compressor()]),
      try meet(client: [Compressor()], server: [Compressor()], .tls12),
    ] {
      #expect(met.isComplete)
      #expect(!met.server.sent.contains(.compressedCertificate))
    }
  }

  @Test func `that do not come to what they say are refused`() throws {
    let met = try meet(client: [Compressor(extra: [0])], server: [Compressor()])
    #expect(met.client.error == .certificateNotDecompressed(.zlib))
    #expect(met.client.alertSent == .badCertificate)
  }

  @Test func `of an algorithm that was not offered, or of too many bytes, are refused unread`() throws {
    var setup = try Setup()
    setup.client.certificateCompressors = [Compressor()]
    for (message, error) in [
      (
        CompressedCertificate(algorithm: .brotli, uncompressedByteCount: 10, compressed: [1]),
        TLSError.unofferedCertificateCompression(.brotli)
      ),
      (
        CompressedCertificate(algorithm: .zlib, uncompressedByteCount: 0xff_ffff, compressed: [1]),
        .messageTooLong(.certificate, length: 0xff_ffff, limit: 65_536)
      ),
    ] {
      let trial = try ClientTrial13(setup)
      #expect(trial.receiveHello())
      try trial.server.sendHello()
      trial.server.sendExtensions()
      trial.server.peer.send(message)
      trial.exchange()
      #expect(trial.error == error)
    }
  }

  @Test func `are unexpected where none were offered`() throws {
    let trial = try ClientTrial13(try Setup())
    #expect(trial.receiveHello())
    try trial.server.sendHello()
    trial.server.sendExtensions()
    trial.server.peer.send(CompressedCertificate(algorithm: .zlib, uncompressedByteCount: 1, compressed: [1]))
    trial.exchange()
    guard case .unexpectedMessage(.compressedCertificate, _) = trial.error else {
      Issue.record("\(String(describing: trial.error))")
      return
    }
  }
}
