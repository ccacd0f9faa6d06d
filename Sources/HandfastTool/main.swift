import HandfastCommands

await HandfastCommand.main()
