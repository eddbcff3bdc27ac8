"""What every lesson uses: page frame, link, pickers, networks that run, runs that train."""
