// swift-tools-version: 6.2
import PackageDescription

// A package of its own: a program that only tests run, on what users of Handfast have too.
let package = Package(
  name: "BogoShim",
  platforms: [.macOS(.v26)],
  dependencies: [.package(name: "handfast", path: "../..")],
  targets: [
    .executableTarget(
      name: "BogoShim",
      dependencies: [.product(name: "Handfast", package: "handfast")],
      swiftSettings: [
        .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"), .enableUpcomingFeature("MemberImportVisibility"),
        .enableExperimentalFeature("Lifetimes"),
      ])
  ]
)
