import { Body, Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  CurrentUser,
  Public,
  RequireOwnershipOrAdmin,
  RequirePermission,
  type RequestUser,
} from '../../infrastructure/http/access/index.js';
import {
  ApiEnvelope,
  EndpointLimit,
  Idempotent,
  ResponseMessage,
  UuidParam,
} from '../../infrastructure/http/index.js';
import { ProfileCompletionDto } from './dto/profile-completion.dto.js';
import { OwnProfileDto, PublicProfileDto } from './dto/profile.dto.js';
import { UpdateProfileDto } from './dto/update-profile.dto.js';
import { PROFILE_COMPLETION_WEIGHTS } from './profile-completion.js';
import { UserAccountsService } from './user-accounts.service.js';
import { UserOwnershipResolver } from './user-ownership.resolver.js';
import { UsersService } from './users.service.js';

/** Profiles (01 1.2). Static paths stand before `:id`. */
@ApiTags('users')
@Controller('users')
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly accounts: UserAccountsService,
  ) {}

  @Get('by-username/:username')
  @Public()
  @ApiOperation({ summary: 'Public profile by name' })
  @ApiEnvelope(PublicProfileDto, { failures: [404] })
  getByUsername(@Param('username') username: string): Promise<PublicProfileDto> {
    return this.users.getPublicProfileByUsername(username);
  }

  @Post('me/become-creator')
  @HttpCode(200)
  @RequirePermission('profile.become_creator')
  @Idempotent()
  @ResponseMessage('You are a creator now')
  @ApiOperation({ summary: 'Take the creator role: upload tracks and sell them' })
  @ApiEnvelope(OwnProfileDto, { failures: [409] })
  becomeCreator(@CurrentUser() user: RequestUser): Promise<OwnProfileDto> {
    return this.accounts.becomeCreator(user.id);
  }

  @Get(':id')
  @Public()
  @ApiOperation({ summary: 'Public profile' })
  @ApiEnvelope(PublicProfileDto, { failures: [400, 404] })
  getPublicProfile(@UuidParam() id: string): Promise<PublicProfileDto> {
    return this.users.getPublicProfile(id);
  }

  @Put(':id')
  @RequirePermission('profile.update')
  @RequireOwnershipOrAdmin(UserOwnershipResolver)
  @EndpointLimit('profile-change')
  @ResponseMessage('Profile updated')
  @ApiOperation({ summary: 'Change a profile; fields that are left out stay as they are' })
  @ApiEnvelope(OwnProfileDto, { failures: [400, 409] })
  updateProfile(@UuidParam() id: string, @Body() change: UpdateProfileDto): Promise<OwnProfileDto> {
    return this.users.updateProfile(id, change);
  }

  @Get(':id/completion')
  @RequirePermission('profile.read')
  @ApiOperation({
    summary: 'How far a profile is filled in',
    description: `Fields and weights: ${Object.entries(PROFILE_COMPLETION_WEIGHTS)
      .map(([field, weight]) => `${field} ${weight}`)
      .join(', ')}.`,
  })
  @ApiEnvelope(ProfileCompletionDto, { failures: [400, 404] })
  async getCompletion(@UuidParam() id: string): Promise<ProfileCompletionDto> {
    const { percentage, completedFields, missingFields } = await this.users.getCompletion(id);
    return {
      user_id: id,
      percentage,
      completed_fields: completedFields,
      missing_fields: missingFields,
    };
  }
}
